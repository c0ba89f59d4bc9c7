/** Limits that count over several gateways, in Redis or Valkey. */
@org.jspecify.annotations.NullMarked
package tayyar.redis;
