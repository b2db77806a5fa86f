// A minimal tool as the documentation of ltijs and ltijs-sequelize builds one: all checks on, one page.
const lti = require("ltijs").Provider;
const Database = require("ltijs-sequelize");

const { BENCH_PLATFORM: platform, BENCH_CLIENT: clientId, BENCH_DATABASE_PORT, PORT } = process.env;

const db = new Database("postgres", "postgres", "postgres", {
  host: "127.0.0.1",
  port: Number(BENCH_DATABASE_PORT),
  dialect: "postgres",
  logging: false,
  pool: { max: 1 },
});

lti.setup("bench", { plugin: db }, {
  appRoute: "/",
  loginRoute: "/login",
  cookies: { secure: true, sameSite: "None" },
  devMode: false,
});

lti.onConnect((token, req, res) =>
  res.send(`<!doctype html><html lang="ja"><head><meta charset="utf-8"></head>
<body><h1>Welcome, ${token.userInfo.name}</h1></body></html>`));

async function start() {
  // Not `deploy({ port })`, which listens on every address of the machine.
  await lti.deploy({ serverless: true, silent: true });
  await lti.registerPlatform({
    url: platform,
    name: "Bench",
    clientId,
    authenticationEndpoint: `${platform}/auth`,
    accesstokenEndpoint: `${platform}/token`,
    authConfig: { method: "JWK_SET", key: `${platform}/keys` },
  });
  lti.app.listen(Number(PORT), "127.0.0.1");
}

start();
