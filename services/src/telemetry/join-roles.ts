/** Returns the role of what belongs to several roles, in the order of the alphabet: "dpo,sft". */
export const joinRoles = (roles: Iterable<string>): string => [...new Set(roles)].sort().join(',')
