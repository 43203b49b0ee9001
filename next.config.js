/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `npm test` checks the types of everything; a start need not wait for that, nor fail over a test file.
  typescript: { ignoreBuildErrors: true },
  // Other folders above may hold a lockfile: this one is the root.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  // Loaded from node_modules as they are: they bring WebAssembly or choose modules while running.
  serverExternalPackages: ["@prisma/adapter-pg", "@prisma/client", "pg", "pino"],
  // Browsers ask for this one where a page names no icon, on a refusal in plain text for one.
  redirects: async () => [{ source: "/favicon.ico", destination: "/icon.svg", permanent: true }],
  experimental: {
    // Pasted private keys and long descriptions fit; anything larger is an accident or an attack.
    serverActions: { bodySizeLimit: "1mb" },
  },
};
