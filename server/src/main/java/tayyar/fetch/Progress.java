package tayyar.fetch;

/** Told how far a download is. */
public interface Progress {

  /** Nobody looks. */
  Progress NONE =
      new Progress() {
        @Override
        public void at(String what, long bytes, long ofBytes) {}

        @Override
        public void done(String what) {}
      };

  /**
   * More has come; called a few times a second at most.
   *
   * @param what the thing's name
   * @param bytes so far
   * @param ofBytes in all, or -1 where unknown
   */
  void at(String what, long bytes, long ofBytes);

  /** All of it has come and was found to be right. */
  void done(String what);
}
