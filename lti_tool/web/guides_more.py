"""Guides for Brightspace, Sakai and Open edX; see `guides`."""

from lti_tool.domain.course import Text
from lti_tool.web.guide import Guide, choose, of, same

BRIGHTSPACE = Guide(
    "brightspace",
    "Brightspace",
    where=(
        Text(
            ja="Admin Tools ＞ Manage Extensibility ＞ LTI Advantage ＞「Register Tool」で「Standard」を選びます。",
            en="Admin Tools > Manage Extensibility > LTI Advantage > “Register Tool”, “Standard”.",
        ),
    ),
    lines=(
        of("Name", "name"),
        of("Domain", "base"),
        of("Redirect URLs", "launch"),
        of("OpenID Connect Login URL", "login"),
        of("Target Link URI", "launch"),
        of("Keyset URL", "keys"),
        choose(
            "Extensions",
            "Assignment and Grade Services, Deep Linking, Names and Role Provisioning Services",
        ),
        of("Custom Parameters", "custom"),
    ),
    then=(
        Text(
            ja="「View Deployments」＞「New Deployment」で同じExtensionsとSecurity Settings（Org Unit "
            "Information、User Information、Link Information）を選び、表示された「Deployment ID」を控えます。",
            en="“View Deployments” > “New Deployment”: choose the same extensions and, under Security Settings, Org "
            "Unit Information, User Information and Link Information; note the “Deployment ID” it shows.",
        ),
    ),
    theirs={
        "issuer": same("Issuer"),
        "client_id": same("Client Id"),
        "deployment_id": same("Deployment Id"),
        "jwks_url": same("Brightspace Keyset URL"),
        "token_url": same("Brightspace OAuth2 Access Token URL"),
        "auth_url": same("OpenID Connect Authentication Endpoint"),
        "token_audience": same("Brightspace OAuth2 Audience"),
    },
)

SAKAI = Guide(
    "sakai",
    "Sakai",
    where=(
        Text(
            ja="Administration Workspace ＞ External Tools ＞「Install LTI 1.3 Tool」を開きます。",
            en="Administration Workspace > External Tools > “Install LTI 1.3 Tool”.",
        ),
    ),
    lines=(
        of("Tool Title", "name"),
        of("Launch URL (1.1) / Target Link URI (1.3)", "launch"),
        choose("Privacy Settings", "Send User Names to External Tool, Send Email Addresses to External Tool"),
        choose(
            "Services",
            "Allow External Tool to return grades, Allow External Tool to create grade columns, "
            "Provide Roster to External Tool",
        ),
        choose("Message types", "Resource Link launch and Deep Link launch"),
        choose("Placement", "Allow the tool to be selected from Lessons"),
        of("Custom Parameters (key=value on separate lines)", "custom"),
        choose("LTI", "Tool supports LTI 1.3"),
        of("LTI 1.3 Tool OpenID Connect/Initialization Endpoint", "login"),
        of("LTI 1.3 Tool Redirect Endpoint(s)", "launch"),
        of("LTI 1.3 Tool Keyset / JWK URL", "keys"),
    ),
    then=(
        Text(
            ja="保存したツールを開くと、Sakai側の値（provide to the tool）が表示されます。",
            en="After saving, open the tool: it shows Sakai's side (“provide to the tool”).",
        ),
    ),
    theirs={
        "issuer": same("LTI 1.3 Platform Issuer"),
        "client_id": same("LTI 1.3 Client ID"),
        "deployment_id": same("LTI 1.3 Deployment Id"),
        "jwks_url": same("LTI 1.3 LMS Keyset URL"),
        "token_url": same("LTI 1.3 LMS OAuth Token URL"),
        "auth_url": same("LTI 1.3 LMS OIDC Endpoint URL"),
    },
)

OPEN_EDX = Guide(
    "openedx",
    "Open edX",
    where=(
        Text(
            ja="Studioでユニットに Advanced ＞「LTI Consumer」を追加し、編集します。コンポーネントごとに"
            "クライアントIDが決まります。",
            en="In Studio, add Advanced > “LTI Consumer” to a unit and edit it. Each has a client ID of its own.",
        ),
    ),
    lines=(
        choose("LTI Version", "LTI 1.3"),
        of("Tool Launch URL", "launch"),
        of("Tool Initiate Login URL", "login"),
        of("Registered Redirect URIs", "launch_list"),
        choose("Tool Public Key Mode", "Keyset URL"),
        of("Tool Keyset URL", "keys"),
        choose("Enable LTI NRPS", "True"),
        choose("Deep linking", "True"),
        of("Deep Linking Launch URL", "launch"),
        choose(
            "LTI Assignment and Grades Service",
            "Allow tools to manage and submit grade (programmatic)",
        ),
        choose("Scored", "True"),
        choose("Request user's full name", "True"),
    ),
    then=(
        Text(
            ja="保存すると、Studioのコンポーネントのプレビューにプラットフォーム側の値が表示されます。Issuerは"
            "LMSのアドレスです。",
            en="After saving, the component shows the platform's side in Studio. The issuer is the address of the LMS.",
        ),
    ),
    theirs={
        "client_id": same("Client ID"),
        "deployment_id": same("Deployment ID"),
        "jwks_url": same("Keyset URL"),
        "token_url": same("Access Token URL"),
        "auth_url": same("Login URL"),
    },
)
