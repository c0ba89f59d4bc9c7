@org.jspecify.annotations.NullMarked
package tayyar.gemini;
