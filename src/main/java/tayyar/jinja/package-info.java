/**
 * The part of the Jinja template language that chat templates use. Knows no model and no message.
 */
@org.jspecify.annotations.NullMarked
package tayyar.jinja;
