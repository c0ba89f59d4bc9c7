/**
 * Anthropic's Messages API as clients use it, over models of any dialect: a request becomes a chat,
 * an answer is written as its events.
 *
 * @see <a href="https://docs.anthropic.com/en/api/messages">Messages</a>
 */
@org.jspecify.annotations.NullMarked
package tayyar.messages;
