package tayyar.simulate;

/**
 * The members that an answer has beside its text, as JSON with the commas between. Each server has
 * its own members and its own order.
 *
 * @param beforeReason in a chat's chunk, between delta and finish_reason
 * @param behindReason behind a finish_reason that is null
 * @param behindFinish behind a finish_reason that is not null
 * @param behindFirst behind the choices of a chat's first chunk
 * @param behindChoices behind the choices of all other chunks
 * @param inMessage behind the last member of a whole answer's message
 * @param beforeUsage in a whole answer, between choices and usage
 * @param behindUsage behind usage, the end of the answer
 * @param usage the form of usage: prompt, completion and total tokens
 * @param silence the delta without text
 */
record ResponseMembers(
    String beforeReason,
    String behindReason,
    String behindFinish,
    String behindFirst,
    String behindChoices,
    String inMessage,
    String beforeUsage,
    String behindUsage,
    String usage,
    String silence) {
  private static final ResponseMembers USUAL =
      new ResponseMembers(
          "",
          "",
          "",
          "",
          "",
          "",
          "",
          "",
          "{\"prompt_tokens\":%1$d,\"completion_tokens\":%2$d,\"total_tokens\":%3$d}",
          "{}");

  private static final String VLLM_USAGE =
      "{\"prompt_tokens\":%1$d,\"total_tokens\":%3$d,\"completion_tokens\":%2$d}";

  private static final ResponseMembers VLLM_CHAT =
      new ResponseMembers(
          "\"logprobs\":null,",
          ",\"token_ids\":null",
          ",\"stop_reason\":null,\"token_ids\":null",
          ",\"prompt_token_ids\":null",
          "",
          ",\"refusal\":null,\"annotations\":null,\"audio\":null,\"function_call\":null",
          ",\"service_tier\":null,\"system_fingerprint\":null",
          ",\"prompt_logprobs\":null,\"prompt_token_ids\":null,\"kv_transfer_params\":null",
          VLLM_USAGE,
          "{\"content\":\"\"}");

  private static final ResponseMembers VLLM_COMPLETION =
      new ResponseMembers(
          "",
          ",\"stop_reason\":null,\"prompt_token_ids\":null,\"token_ids\":null",
          ",\"stop_reason\":null,\"prompt_token_ids\":null,\"token_ids\":null",
          "",
          ",\"usage\":null",
          "",
          ",\"service_tier\":null,\"system_fingerprint\":null",
          ",\"kv_transfer_params\":null",
          VLLM_USAGE,
          "{}");

  static ResponseMembers of(Script script, boolean chat) {
    return !script.has(Word.VLLM) ? USUAL : chat ? VLLM_CHAT : VLLM_COMPLETION;
  }

  /** The object of usage. */
  String usage(int promptTokens, int completionTokens) {
    return usage.formatted(promptTokens, completionTokens, promptTokens + completionTokens);
  }
}
