package tayyar.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.accounts.AdminTokens;
import tayyar.accounts.AdminTokens.Issued;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.AdminTokens.Token;

/** Tokens of those who administer over HTTP. Writes the database; a running server notices. */
@Command(
    name = "admin-tokens",
    description = "Makes, lists and revokes the tokens for /admin/v1.",
    footer = {"", "Example: tayyar admin-tokens create finance --role billing"})
final class AdminTokensCommand {
  private static final Sheet<Token> SHEET =
      new Sheet<Token>()
          .with("id", Token::id)
          .with("name", Token::name)
          .with("hint", Token::hint)
          .with("role", token -> token.role().word())
          .with("created", Token::created)
          .with("revoked", Token::revoked);

  private AdminTokensCommand() {}

  static CommandLine line(Console console) {
    return new CommandLine(CommandSpec.forAnnotatedObject(new AdminTokensCommand()))
        .addSubcommand(new Create(console))
        .addSubcommand(new Listing(console))
        .addSubcommand(new Revoke(console));
  }

  private static AdminTokens tokens(OpenStore store) {
    return new AdminTokens(store.store().dataSource(), store.console().who());
  }

  @Command(
      name = "create",
      description = "Makes a token and shows it once.",
      footer = {"", "Example: tayyar admin-tokens create finance --role billing"})
  static final class Create implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "NAME", description = "Whose it is; for people and the audit log.")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = {
          "owner: everything; billing: reads all, changes balances, prices and plans;",
          "read-only: reads all (default: ${DEFAULT-VALUE})."
        })
    private String role = "read-only";

    Create(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Role given = Role.of(role);
      options.making(
          console,
          store -> {
            Issued made = tokens(store).create(name, given);
            if (store.json()) {
              var all = SHEET.exact(made.token());
              all.put("token", made.secret());
              store.print(all);
            } else {
              console.out().println(made.secret());
              console
                  .err()
                  .println(
                      "Shown this once. Its id is "
                          + made.token().id()
                          + ", its role "
                          + given.word()
                          + ".");
            }
          });
      return 0;
    }
  }

  @Command(
      name = "list",
      description = "Lists the tokens, never their secrets.",
      footer = {"", "Example: tayyar admin-tokens list"})
  static final class Listing implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(console, store -> store.print(SHEET, tokens(store).list()));
      return 0;
    }
  }

  @Command(
      name = "revoke",
      description = "Makes a token void, for ever and at once.",
      footer = {"", "Example: tayyar admin-tokens revoke finance"})
  static final class Revoke implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "TOKEN", description = "Its id or name.")
    private String which = "";

    Revoke(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(
          console,
          store -> {
            Token token = tokens(store).revoke(which);
            store.print(SHEET, token, "The admin token '" + token.name() + "' is void.");
          });
      return 0;
    }
  }
}
