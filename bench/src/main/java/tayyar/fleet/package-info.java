/**
 * A simulation of many gateways behind one balancer, by discrete events and measured costs: {@link
 * tayyar.fleet.Simulation} runs streams over replicas, an EventLoop is the queue of one loop. It
 * knows nothing of the server.
 */
@org.jspecify.annotations.NullMarked
package tayyar.fleet;
