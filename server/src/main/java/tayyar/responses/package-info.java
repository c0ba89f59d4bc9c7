/**
 * OpenAI's Responses API as clients use it, over models of any dialect: a request becomes a chat,
 * an answer is written as items and their events. Nothing is stored.
 *
 * @see <a href="https://github.com/openai/openai-openapi">OpenAI's OpenAPI document</a>
 * @see <a href="https://www.openresponses.org/specification">Open Responses</a>
 */
@org.jspecify.annotations.NullMarked
package tayyar.responses;
