package tayyar.limits;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.LimitFault;

/**
 * What the requests of one organisation ask of the shared counters: one call after the other, with
 * all that has come in the meantime. Its lock is the organisation's; methods that say so are called
 * with it.
 */
final class Turn {
  private static final int WISHES_MAX = 64;
  private static final int COUNTERS_MAX = 512;
  private static final List<Runnable> NOBODY = List.of();

  private final String organisation;
  private final Sharing sharing;
  private final Object lock;
  private final List<Lease> live = new ArrayList<>();
  private final ArrayDeque<Want> waiting = new ArrayDeque<>();
  private @Nullable Call call;

  /** A call under way: what it tells of, what it asks for, and what each of these lacked. */
  private static final class Call {
    final List<Lease> leases = new ArrayList<>();
    final List<Want> wants = new ArrayList<>();
    final List<List<Want.Part>> parts = new ArrayList<>();
    final List<Ask.Wish> wishes = new ArrayList<>();
    final long sentAt;

    Call(long sentAt) {
      this.sentAt = sentAt;
    }

    Ask ask(String organisation) {
      return new Ask(organisation, leases.stream().map(Lease::tell).toList(), wishes);
    }

    /** A request's wish is the parts that it lacks, and a lease's all of its own. */
    void ask(Want want, Map<Lease, Integer> index) {
      List<Want.Part> lacking =
          want.parts().stream().filter(part -> part.need == 0 || part.lacks() > 0).toList();
      wants.add(want);
      parts.add(lacking);
      wishes.add(new Ask.Wish(lacking.stream().map(part -> part(part, index)).toList()));
    }
  }

  Turn(String organisation, Sharing sharing, Object lock) {
    this.organisation = organisation;
    this.sharing = sharing;
    this.lock = lock;
  }

  /** Nanoseconds by which what it does regularly comes later than what others do. */
  long moment() {
    // Of 32 bits, so that it is more than the longest time between two of these.
    return (organisation.hashCode() * 0x9E37_79B9L & 0xFFFF_FFFFL) << 2;
  }

  /** Takes it from the leases, or puts it into the next call. With the lock. */
  void want(Want want, long now) {
    for (Want.Part part : want.parts()) {
      part.lease.wanted(part.need);
      know(part.lease);
    }
    if (want.take()) {
      want.granted();
    } else if (sharing.shares().isAway()) {
      alone(want, now);
    } else {
      waiting.add(want);
    }
  }

  /** Sees to it that what this lease has to tell is told. With the lock. */
  void know(Lease lease) {
    if (!lease.list()) {
      live.add(lease);
      sharing.busy(this);
    }
  }

  /** A request waits no longer. With the lock. */
  void late(Want want, long now) {
    waiting.remove(want);
    alone(want, now);
  }

  /** A request is gone. With the lock. */
  void cancel(Want want) {
    waiting.remove(want);
    want.cancel();
  }

  /** Decides without the counters. */
  private void alone(Want want, long now) {
    for (Want.Part part : want.parts()) {
      if (part.lacks() > 0 && sharing.whenAway().isClosed(part.lease.kind())) {
        want.refused(new LimitFault.Uncounted(part.scope));
        return;
      }
    }
    for (Want.Part part : want.parts()) {
      part.lease.unheard();
      part.lease.owe(part.lacks(), now);
      part.taken = part.need;
    }
    want.granted();
  }

  /** Sends what there is to send, unless a call is under way. Without the lock. */
  void send() {
    List<Runnable> told = new ArrayList<>();
    Call next = null;
    Ask ask = null;
    synchronized (lock) {
      if (call == null) {
        next = next(sharing.now(), told);
        call = next;
        ask = next == null ? null : next.ask(organisation);
      }
    }
    told.forEach(Runnable::run);
    if (next != null && ask != null) {
      Call sent = next;
      sharing.shares().ask(ask, answer -> answered(sent, answer));
    }
  }

  private @Nullable Call next(long now, List<Runnable> told) {
    if (sharing.shares().isAway()) {
      while (!waiting.isEmpty()) {
        decide(waiting.remove(), told, want -> alone(want, now));
      }
      return null;
    }
    Map<Lease, Integer> index = new LinkedHashMap<>();
    Call call = new Call(now);
    while (!waiting.isEmpty() && call.wishes.size() < WISHES_MAX) {
      Want want = waiting.remove();
      if (want.take()) {
        decide(want, told, Want::granted);
      } else {
        call.ask(want, index);
      }
    }
    for (Lease lease : live) {
      boolean room = index.size() < COUNTERS_MAX && !index.containsKey(lease);
      if (room && lease.wantsMore()) {
        call.ask(Want.ofNobody(lease), index);
      } else if (room && lease.hasNews()) {
        at(lease, index);
      }
    }
    if (index.isEmpty()) {
      return null;
    }
    call.leases.addAll(index.keySet());
    return call;
  }

  private static Ask.Part part(Want.Part part, Map<Lease, Integer> index) {
    long ahead = index.containsKey(part.lease) ? 0 : part.lease.ahead();
    return new Ask.Part(at(part.lease, index), part.limit, part.lacks(), ahead);
  }

  private static int at(Lease lease, Map<Lease, Integer> index) {
    return index.computeIfAbsent(lease, _ -> index.size());
  }

  private void answered(Call sent, @Nullable Answer answer) {
    List<Runnable> told = new ArrayList<>();
    synchronized (lock) {
      boolean late = call != sent;
      call = late ? call : null;
      if (answer != null) {
        heard(sent, answer, told);
      } else if (!late) {
        unheard(sent, told);
      }
    }
    told.forEach(Runnable::run);
    send();
  }

  private void unheard(Call sent, List<Runnable> told) {
    sent.leases.forEach(Lease::unheard);
    sent.leases.forEach(Lease::untold);
    long now = sharing.now();
    sent.wants.forEach(want -> decide(want, told, its -> alone(its, now)));
  }

  private void heard(Call sent, Answer answer, List<Runnable> told) {
    for (int i = 0; i < sent.leases.size(); i++) {
      sent.leases.get(i).heard(answer.slot(), answer.used().get(i));
      know(sent.leases.get(i));
    }
    for (int i = 0; i < sent.wants.size(); i++) {
      Want want = sent.wants.get(i);
      List<Want.Part> parts = sent.parts.get(i);
      switch (answer.outcomes().get(i)) {
        case Answer.Granted granted -> granted(want, parts, granted.units(), answer.slot(), told);
        case Answer.Denied denied -> denied(want, parts, denied, told);
      }
    }
  }

  /** A request that has gone or was late leaves its units to others. */
  private void granted(
      Want want, List<Want.Part> parts, List<Long> units, long slot, List<Runnable> told) {
    boolean waits = want.state() == Want.State.WAITING;
    for (int k = 0; k < parts.size(); k++) {
      Want.Part part = parts.get(k);
      long needed = waits ? part.lacks() : 0;
      part.lease.granted(units.get(k), needed, slot);
      part.lease.toldMore(units.get(k));
      part.slot = slot;
      part.taken += needed;
    }
    if (waits) {
      decide(want, told, Want::granted);
    }
  }

  private void denied(Want want, List<Want.Part> parts, Answer.Denied why, List<Runnable> told) {
    Want.Part part = parts.get(why.part());
    long now = sharing.now();
    long wait = why.waitMillis() * 1_000_000;
    part.lease.refused(Math.max(1, part.need), wait, now);
    LimitFault fault = Want.fault(part.lease.kind(), part.scope, want.wanted(), wait);
    decide(want, told, its -> its.refused(fault));
  }

  private static void decide(Want want, List<Runnable> told, Consumer<Want> how) {
    if (want.state() == Want.State.WAITING) {
      how.accept(want);
      Runnable again = want.told();
      if (again != null) {
        told.add(again);
      }
    }
  }

  /**
   * Looks after what has become of it. Without the lock.
   *
   * @param second whether a second has passed since this was so
   * @param beat whether places are to be told anew
   */
  void tick(boolean second, boolean beat) {
    List<Runnable> told = NOBODY;
    boolean late = false;
    synchronized (lock) {
      long now = sharing.now();
      Call under = call;
      if (under != null && now - under.sentAt >= Sharing.WAIT_NANOS) {
        late = true;
        call = null;
        told = new ArrayList<>();
        unheard(under, told);
      }
      look(now, second, beat);
    }
    if (late) {
      sharing.shares().late();
    }
    told.forEach(Runnable::run);
    send();
  }

  private void look(long now, boolean second, boolean beat) {
    Iterator<Lease> each = live.iterator();
    while (each.hasNext()) {
      Lease lease = each.next();
      if (second) {
        lease.look(now, Sharing.WINDOW_NANOS);
      }
      if (beat) {
        lease.beat();
      }
      if (second && lease.isIdle() && call == null) {
        lease.unlist();
        each.remove();
      }
    }
    if (isIdle()) {
      sharing.idle(this);
    }
  }

  /** Gives back all that is not used. Without the lock. */
  void close() {
    synchronized (lock) {
      live.forEach(Lease::release);
    }
    send();
  }

  /** Whether nothing of it counts any more. With the lock. */
  boolean isIdle() {
    return live.isEmpty() && waiting.isEmpty() && call == null;
  }
}
