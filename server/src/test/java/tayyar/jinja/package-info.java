@org.jspecify.annotations.NullMarked
package tayyar.jinja;
