/** Limits that count over several gateways, at the PostgreSQL server that has the store. */
@org.jspecify.annotations.NullMarked
package tayyar.postgres;
