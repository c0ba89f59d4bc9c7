@org.jspecify.annotations.NullMarked
package tayyar.http;
