package tayyar.jinja;

import org.jspecify.annotations.Nullable;

/** The only value whose members a template may set, also from inside a loop. */
final class Namespace implements Members {
  private final Dict members = new Dict();

  void set(Text name, @Nullable Object value) {
    members.put(name, value);
  }

  @Override
  public @Nullable Object member(Text name) {
    Dict.Entry entry = members.find(name);
    return entry == null ? new Undefined("the namespace has no " + name.quoted()) : entry.value();
  }

  @Override
  public Text shown() {
    var out = new TextBuilder();
    return out.append("<Namespace ").append(Shown.repr(members)).append(">").build();
  }
}
