package tayyar.telemetry;

/**
 * The state of an embedded model.
 *
 * @param model its name
 * @param loaded whether it is in memory
 * @param bytes of memory that it holds, as an estimate
 * @param slots answers that it can make at once
 * @param slotsBusy of them, those at work
 * @param queued requests that wait for one
 */
public record EngineNow(
    String model, boolean loaded, long bytes, long slots, long slotsBusy, long queued) {}
