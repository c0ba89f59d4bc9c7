/**
 * The part of the Jinja template language that chat templates use, rendered as Python's Jinja does
 * it. Knows no model and no message.
 */
@org.jspecify.annotations.NullMarked
package tayyar.jinja;
