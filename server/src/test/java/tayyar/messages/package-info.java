@org.jspecify.annotations.NullMarked
package tayyar.messages;
