/** Records whose constructors refuse bad values with a sentence. Only Main and cli use it. */
@org.jspecify.annotations.NullMarked
package tayyar.config;
