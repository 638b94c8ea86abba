// Results of the nango object in the form that scripts in Python expect.

// dictOfMap: a Map of records by their ids, as a dict
function dictOfMap(map: Map<any, any>): any {
    return Object.fromEntries([...map].map(([id, record]) => [keyOf(id), record]));
}

// headersOf: headers of a response, as a dict
function headersOf(response: any): any {
    return Object.fromEntries(response.headers);
}

// fetched: a response without the proxy; without a response, handlers get a failed request
function fetched(answer: Promise<any>): Promise<any> {
    return answer.catch((error: any) => {
        if (error?.message === 'fetch failed') {
            error.isAxiosError = true;
            error.code = error.cause?.code;
        }
        throw error;
    });
}

// jsonOfBody: the body of a response; invalid JSON is a ValueError
function jsonOfBody(text: string): any {
    try {
        return JSON.parse(text);
    } catch (error: any) {
        throw pythonError('ValueError', error?.message);
    }
}
