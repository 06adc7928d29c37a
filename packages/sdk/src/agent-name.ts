/**
 * Name of an agent in a request. The built-in ones are completed by the editor, registered ones of your own are
 * accepted as well; case, `-` and `_` do not matter to the service.
 */
export type AgentName = 'spec' | 'code' | 'test_generator' | 'reviewer' | 'debug' | (string & {})
