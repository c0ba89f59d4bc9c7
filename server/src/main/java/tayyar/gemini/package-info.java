/**
 * Google's own API of its Gemini models, for targets: they are asked for content, made of chats.
 *
 * @see <a href="https://ai.google.dev/api/generate-content">Generating content</a>
 */
@org.jspecify.annotations.NullMarked
package tayyar.gemini;
