// Patterns: what the module re does with matches. The patterns themselves are translated.

// atStart: a pattern that matches at the start of a text only
function atStart(pattern: RegExp): RegExp {
    return new RegExp(`^(?:${pattern.source})`, pattern.flags);
}

// wholeText: a pattern that matches a whole text only
function wholeText(pattern: RegExp): RegExp {
    return new RegExp(`^(?:${pattern.source})$`, pattern.flags);
}

// everywhere: a pattern that finds all places
function everywhere(pattern: RegExp): RegExp {
    return new RegExp(pattern.source, `${pattern.flags}g`);
}

// groupsOf: the groups of a match; null for a group without a match
function groupsOf(match: RegExpExecArray): any {
    return [...match].slice(1).map((each) => each ?? null);
}

// namedGroups: the named groups of a match
function namedGroups(match: RegExpExecArray): any {
    return Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, value]) => [name, value ?? null])
    );
}

// findAll: Python's findall(): matches, or the group, or all groups, where the pattern has some
function findAll(pattern: RegExp, text: string): any[] {
    return [...text.matchAll(everywhere(pattern))].map((match) => {
        const groups = match.slice(1).map((each) => each ?? '');
        return groups.length === 0 ? match[0] : groups.length === 1 ? groups[0] : groups;
    });
}

// replaceMatches: Python's sub() with a function
function replaceMatches(pattern: RegExp, by: (match: any) => string, text: string): string {
    let [found, end] = ['', 0];
    for (const match of text.matchAll(everywhere(pattern))) {
        found += text.slice(end, match.index) + textOnly(by(match));
        end = match.index + match[0].length;
    }
    return found + text.slice(end);
}

// matchStart: where a match begins, by code points
function matchStart(match: RegExpExecArray): number {
    return [...match.input.slice(0, match.index)].length;
}

// matchEnd: where a match ends, by code points
function matchEnd(match: RegExpExecArray): number {
    return matchStart(match) + [...match[0]].length;
}
