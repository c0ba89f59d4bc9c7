/**
 * OpenAI's language at both ends: what clients ask and are told, what targets are asked and say.
 * Called through dialect alone.
 */
@org.jspecify.annotations.NullMarked
package tayyar.openai;
