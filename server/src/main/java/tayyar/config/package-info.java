/** Records whose constructors refuse bad values with a sentence. Used by Main and cli alone. */
@org.jspecify.annotations.NullMarked
package tayyar.config;
