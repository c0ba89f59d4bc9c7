package tayyar.openai;

import java.util.Set;

/** Members of a chat by which servers are told to hold an answer to a form, besides OpenAI's. */
public final class FormMembers {
  /** All of them: vLLM's, SGLang's and llama.cpp's. */
  public static final Set<String> ALL =
      Set.of(
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar",
          "structured_outputs",
          "structural_tag",
          "json_schema",
          "grammar",
          "regex",
          "ebnf");

  private FormMembers() {}
}
