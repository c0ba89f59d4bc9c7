package tayyar.admin;

import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import tayyar.http.Route;

/**
 * The control plane's REST, under {@code /admin/v1}: what the command line does, over HTTP. Each
 * request has an admin token, works on the store itself and runs on a virtual thread. {@code
 * openapi.json} beside this class describes it.
 */
public final class Control {
  private final Desk desk;

  /** The control plane of a store and of what a gateway serves. */
  public Control(DataSource store, Served served) {
    this.desk = new Desk(store, served);
  }

  /** Where it answers. */
  public List<Route> routes() {
    return Stream.of(
            Description.routes(),
            Organisations.routes(desk),
            Keys.routes(desk),
            Prices.routes(desk),
            Ceilings.routes(desk),
            Balances.routes(desk),
            Used.routes(desk),
            Targets.routes(desk),
            Watch.routes(desk))
        .flatMap(List::stream)
        .toList();
  }
}
