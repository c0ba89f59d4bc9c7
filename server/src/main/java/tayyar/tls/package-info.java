/**
 * TLS for a listener: certificates and keys are read, checked, chosen by the client's name for us,
 * and exchanged while connections run. Called by http, the wiring and the check of a configuration.
 */
@org.jspecify.annotations.NullMarked
package tayyar.tls;
