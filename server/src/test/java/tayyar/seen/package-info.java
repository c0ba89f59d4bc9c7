/** What operators see: metrics, traces, dashboards and alarms of a gateway that runs. */
@org.jspecify.annotations.NullMarked
package tayyar.seen;
