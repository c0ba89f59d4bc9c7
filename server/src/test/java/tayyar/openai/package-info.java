@org.jspecify.annotations.NullMarked
package tayyar.openai;
