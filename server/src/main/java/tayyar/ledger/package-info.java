/** Step 7: write down what it was. Called by http with every Ended; calls nobody. */
@org.jspecify.annotations.NullMarked
package tayyar.ledger;
