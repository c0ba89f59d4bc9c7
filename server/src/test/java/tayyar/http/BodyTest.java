package tayyar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.ApiError;
import tayyar.api.Room;

final class BodyTest {
  private static final Room NONE =
      new Room() {
        @Override
        public boolean take(long bytes) {
          return false;
        }

        @Override
        public void give(long bytes) {
          throw new AssertionError("nothing was taken");
        }
      };

  private static byte[] part(int from, int count) {
    byte[] part = new byte[count];
    for (int i = 0; i < count; i++) {
      part[i] = (byte) (from + i);
    }
    return part;
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 5, 10_000, 20_000, 1L << 40})
  void holdsTheBytesReceivedWhateverWasAnnounced(long announced) {
    var body = new Body(10_000, announced, Room.ENDLESS);
    for (int at = 0; at < 10_000; at += 100) {
      assertThat(body.add(Unpooled.wrappedBuffer(part(at, 100)))).isNull();
    }

    assertThat(body.bytes()).isEqualTo(part(0, 10_000));
    assertThat(body.add(Unpooled.wrappedBuffer(part(0, 1))))
        .isInstanceOf(ApiError.BodyTooLarge.class);
  }

  @Test
  void anAnnouncementIsWorthSixteenTimesWhatHasCome() {
    var believed = new Body(1 << 20, 16_000, Room.ENDLESS);
    believed.add(Unpooled.wrappedBuffer(part(0, 1000)));
    var doubted = new Body(1 << 20, 16_001, Room.ENDLESS);
    doubted.add(Unpooled.wrappedBuffer(part(0, 1000)));

    assertThat(believed.size()).isEqualTo(16_000);
    assertThat(doubted.size()).isEqualTo(1000);
  }

  @Test
  void aBodyAsAnnouncedIsNotCopiedAtItsEnd() {
    var body = new Body(1 << 20, 3000, Room.ENDLESS);
    body.add(Unpooled.wrappedBuffer(part(0, 1000)));
    body.add(Unpooled.wrappedBuffer(part(1000, 2000)));

    assertThat(body.bytes()).isSameAs(body.bytes());
    assertThat(Arrays.equals(body.bytes(), part(0, 3000))).isTrue();
  }

  /** A body without room is refused before it comes, or at the byte that exceeds the room. */
  @Test
  void aBodyWithoutRoomIsRefused() {
    assertThat(new Body(1 << 20, 100_000, NONE).foreseen()).isEqualTo(new ApiError.MemoryFull());
    assertThat(new Body(1 << 20, 1 << 21, Room.ENDLESS).foreseen())
        .isInstanceOf(ApiError.BodyTooLarge.class);
    var small = new Body(1 << 20, 3000, NONE);
    assertThat(small.foreseen()).isNull();
    assertThat(small.add(Unpooled.wrappedBuffer(part(0, 100))))
        .isEqualTo(new ApiError.MemoryFull());
    assertThat(small.size()).isZero();
  }
}
