/**
 * Anthropic's Messages API. Clients that speak it reach models of any dialect: a request becomes a
 * chat, an answer is written as its events. Targets that speak it are asked messages, made of chats
 * or passed on as they are.
 *
 * @see <a href="https://docs.anthropic.com/en/api/messages">Messages</a>
 */
@org.jspecify.annotations.NullMarked
package tayyar.messages;
