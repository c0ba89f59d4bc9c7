/** What people hold in their hands: the SDKs, curl and a browser, against a gateway that runs. */
@org.jspecify.annotations.NullMarked
package tayyar.clients;
