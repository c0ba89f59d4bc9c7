/**
 * The languages of the API: what each must be able to do at the client's end and at the target's.
 * Step 1 and step 5 speak through it; whoever adds a language implements it and is joined by the
 * wiring.
 */
@org.jspecify.annotations.NullMarked
package tayyar.dialect;
