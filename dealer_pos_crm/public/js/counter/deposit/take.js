export function setup() {}
export function open() {}
