/**
 * The database: opens it and keeps its schema. Used by Main and cli; gives keys and ledger their
 * DataSource.
 */
@org.jspecify.annotations.NullMarked
package tayyar.store;
