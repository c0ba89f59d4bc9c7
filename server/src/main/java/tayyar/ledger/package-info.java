/** Step 7: write each ended request down. Called by http with every Ended; calls no other step. */
@org.jspecify.annotations.NullMarked
package tayyar.ledger;
