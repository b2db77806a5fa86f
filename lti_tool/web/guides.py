"""What to enter where, LMS by LMS, in the words of each.

Field names are those of the LMS's own pages: in English where it has no Japanese of its own.
"""

from lti_tool.domain.course import Text
from lti_tool.web.guide import Guide, Line, choose, of, same
from lti_tool.web.guides_more import BRIGHTSPACE, OPEN_EDX, SAKAI

MOODLE = Guide(
    "moodle",
    "Moodle",
    where=(
        Text(
            ja="「サイト管理」＞「プラグイン」＞「活動モジュール」＞「外部ツール」＞「ツールを管理する」で"
            "「ツールを手動設定」を開きます。",
            en="“Site administration” > “Plugins” > “Activity modules” > “External tool” > “Manage tools”: "
            "“configure a tool manually”.",
        ),
    ),
    lines=(
        Line(Text(ja="ツール名", en="Tool name"), "name"),
        Line(Text(ja="ツールURL", en="Tool URL"), "launch"),
        Line(Text(ja="LTIバージョン", en="LTI version"), chosen=same("LTI 1.3")),
        Line(Text(ja="公開鍵タイプ", en="Public key type"), chosen=Text(ja="鍵セットURL", en="Keyset URL")),
        Line(Text(ja="公開鍵セット", en="Public keyset"), "keys"),
        Line(Text(ja="ログイン開始URL", en="Initiate login URL"), "login"),
        Line(Text(ja="リダイレクトURI", en="Redirection URI(s)"), "launch"),
        Line(Text(ja="カスタムパラメータ", en="Custom parameters"), "custom"),
        Line(
            Text(
                ja="ディープリンクをサポートする (Content-Item Message)",
                en="Supports Deep Linking (Content-Item Message)",
            ),
            chosen=Text(ja="チェックする", en="tick"),
        ),
        Line(
            Text(
                ja="サービス: IMS LTI Assignment and Grade Services",
                en="IMS LTI Assignment and Grade Services",
            ),
            chosen=same("Use this service for grade sync and column management"),
        ),
        Line(
            Text(
                ja="サービス: IMS LTI Names and Role Provisioning", en="IMS LTI Names and Role Provisioning"
            ),
            chosen=same("Use this service to retrieve members' information as per privacy settings"),
        ),
        Line(
            Text(ja="ランチャ名をツールと共有する", en="Share launcher's name with tool"),
            chosen=Text(ja="常に", en="Always"),
        ),
        Line(
            Text(ja="ツールからの評定を受け付ける", en="Accept grades from the tool"),
            chosen=Text(ja="常に、または「教師に委任する」", en="Always, or “Delegate to teacher”"),
        ),
    ),
    then=(
        Text(
            ja="保存したあと、ツールのカードの「設定詳細を表示する」を開くと、Moodle側の値が表示されます。",
            en="After saving, “View configuration details” on the card of the tool shows its side.",
        ),
    ),
    theirs={
        "issuer": Text(ja="プラットフォームID", en="Platform ID"),
        "client_id": Text(ja="クライアントID", en="Client ID"),
        "deployment_id": Text(ja="デプロイメントID", en="Deployment ID"),
        "jwks_url": Text(ja="公開鍵セットURL", en="Public keyset URL"),
        "token_url": Text(ja="アクセストークンURL", en="Access token URL"),
        "auth_url": Text(ja="認証リクエストURL", en="Authentication request URL"),
    },
)

CANVAS = Guide(
    "canvas",
    "Canvas",
    where=(
        Text(
            ja="Admin ＞ アカウント名 ＞ Developer Keys で「+ Developer Key」＞「+ LTI Key」を選び、Methodを"
            "「Enter URL」にします。URLを読めない環境では「Paste JSON」に下のJSONを貼り付けます。",
            en="Admin > the account > Developer Keys: “+ Developer Key” > “+ LTI Key”, Method “Enter URL”. Where "
            "Canvas cannot reach this tool, choose “Paste JSON” and paste the text below.",
        ),
    ),
    lines=(
        of("Key Name", "name"),
        of("Redirect URIs", "launch"),
        choose("Method", "Enter URL"),
        of("JSON URL", "json"),
    ),
    then=(
        Text(
            ja="保存してStateを「ON」にし、DetailsのClient IDを控えます。Settings ＞ Apps ＞ View App "
            "Configurations ＞「+ App」で「By Client ID」を選んでインストールし、アプリの歯車から"
            "「Deployment Id」を表示します。",
            en="Save, switch State to “ON”, and note the number under Details: it is the client ID. Install it under "
            "Settings > Apps > View App Configurations > “+ App”, “By Client ID”; the app's gear shows its "
            "“Deployment Id”.",
        ),
        Text(
            ja="下のアドレスはInstructureが運用するCanvasのものです。自分で運用するCanvasでは、そのホストに"
            "置き換えます。",
            en="The addresses below are those of Canvas as Instructure hosts it. Your own Canvas has its own host.",
        ),
    ),
    theirs={
        "client_id": same("Client ID (Developer Keys, Details)"),
        "deployment_id": same("Deployment Id"),
    },
    known={
        "issuer": "https://canvas.instructure.com",
        "auth_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "token_url": "https://sso.canvaslms.com/login/oauth2/token",
        "jwks_url": "https://sso.canvaslms.com/api/lti/security/jwks",
    },
)

BLACKBOARD = Guide(
    "blackboard",
    "Blackboard",
    where=(
        Text(
            ja="開発者ポータル（developer.blackboard.com）でアプリケーションを登録し、「My Integration supports "
            "LTI 1.3」をオンにします。",
            en="Register an application in the developer portal (developer.blackboard.com) and switch on “My "
            "Integration supports LTI 1.3”.",
        ),
    ),
    lines=(
        of("Application Name", "name"),
        of("Description", "description"),
        of("Domain(s)", "domain"),
        of("Login Initiation URL", "login"),
        of("Tool Redirect URL(s)", "launch"),
        of("Tool JWKS URL", "keys"),
        choose("Signing Algorithm", "RS256"),
        of("Custom Parameters", "custom"),
    ),
    then=(
        Text(
            ja="Blackboard Learnの管理画面の「LTI Tool Providers」＞「Register LTI 1.3/Advantage Tool」で"
            "Application IDを入力し、ツールをApprovedにします。編集画面に「Deployment ID」が表示されます。"
            "「Manage Placements」でDeep Linking用の配置を作ります。",
            en="In Blackboard Learn's admin panel, “LTI Tool Providers” > “Register LTI 1.3/Advantage Tool”: enter the "
            "application ID and approve the tool. Its edit page shows the “Deployment ID”. Make a deep linking "
            "placement under “Manage Placements”.",
        ),
    ),
    theirs={
        "issuer": same("Issuer"),
        "client_id": same("Application ID"),
        "deployment_id": same("Deployment ID"),
        "jwks_url": same("Public keyset URL"),
        "token_url": same("Auth token endpoint"),
        "auth_url": same("OIDC auth request endpoint"),
    },
    known={
        "issuer": "https://blackboard.com",
        "auth_url": "https://developer.blackboard.com/api/v1/gateway/oidcauth",
        "token_url": "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
    },
)

GUIDES = {guide.key: guide for guide in (MOODLE, CANVAS, BLACKBOARD, BRIGHTSPACE, SAKAI, OPEN_EDX)}
"""In the order in which they are offered."""
