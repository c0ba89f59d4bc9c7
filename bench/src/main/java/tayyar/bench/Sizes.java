package tayyar.bench;

/** Classes of prompts by size, each four times as large as the one before. */
final class Sizes {
  private static final int[] MOST = {32, 128, 512, 2048, 8192, 32_768};
  private static final String[] NAMES = {
    "1-32", "33-128", "129-512", "513-2k", "2k-8k", "8k-32k", "over 32k"
  };

  private Sizes() {}

  static int of(int tokens) {
    int size = 0;
    while (size < MOST.length && tokens > MOST[size]) {
      size++;
    }
    return size;
  }

  static String name(int size) {
    return NAMES[size];
  }
}
