/* global document, matchMedia, SwaggerUIBundle */
// Runs in the browser, on the page of GET /docs: first of all the theme, so that nothing flashes, then Swagger UI.
const dark = matchMedia('(prefers-color-scheme: dark)');

function followTheme() {
  document.documentElement.classList.toggle('dark-mode', dark.matches);
}

/** Leaves the key out of the curl lines that are shown: those are copied into terminals, and kept in their history. */
function curlWithoutKey() {
  return {
    wrapComponents: {
      curl: (Curl, { React }) =>
        function CurlWithoutKey(props) {
          const request = props.request.deleteIn(['headers', 'Authorization']);
          return React.createElement(Curl, { ...props, request });
        },
    },
  };
}

followTheme();
dark.addEventListener('change', followTheme);
document.addEventListener('DOMContentLoaded', () => {
  SwaggerUIBundle({
    dom_id: '#swagger-ui',
    url: '/openapi.json',
    plugins: [curlWithoutKey],
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    // The settings come from here alone, and nothing is sent or kept anywhere.
    queryConfigEnabled: false,
    validatorUrl: 'none',
    persistAuthorization: false,
  });
});
