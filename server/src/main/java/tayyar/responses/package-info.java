/**
 * OpenAI's Responses API as clients use it, over models of any dialect: a request becomes a chat,
 * an answer is written as items and their events. Where the operator lets responses be stored, they
 * are found again, gone on with, and answered in the background. Targets that speak it are asked
 * requests made of chats, or passed on as they are.
 *
 * @see <a href="https://github.com/openai/openai-openapi">OpenAI's OpenAPI document</a>
 * @see <a href="https://www.openresponses.org/specification">Open Responses</a>
 */
@org.jspecify.annotations.NullMarked
package tayyar.responses;
