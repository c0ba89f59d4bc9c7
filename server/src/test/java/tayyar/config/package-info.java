@org.jspecify.annotations.NullMarked
package tayyar.config;
