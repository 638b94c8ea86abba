// What the nango object gives in other shapes than a script in Python gets.

// dictOfMap: a Map of records by their ids, as a dict
function dictOfMap(map: Map<any, any>): any {
    return Object.fromEntries([...map].map(([id, record]) => [keyOf(id), record]));
}

// headersOf: headers of what was fetched, as a dict
function headersOf(response: any): any {
    return Object.fromEntries(response.headers);
}

// fetched: an answer from past the proxy; where none comes, handlers see a failed request
function fetched(answer: Promise<any>): Promise<any> {
    return answer.catch((error: any) => {
        if (error?.message === 'fetch failed') {
            error.isAxiosError = true;
            error.code = error.cause?.code;
        }
        throw error;
    });
}

// jsonOfBody: the body of what was fetched; what is no JSON is a ValueError
function jsonOfBody(text: string): any {
    try {
        return JSON.parse(text);
    } catch (error: any) {
        throw pythonError('ValueError', error?.message);
    }
}
