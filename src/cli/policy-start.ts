/** The policy that `policy init` writes: comments that explain, and builders as far as the git remotes tell them. */
import { SeedError } from '../errors.ts'
import { run } from '../process.ts'
import { DEFAULT_THRESHOLD, SCHEMA_ID } from '../attest/policy.ts'
import { PROVENANCE_TYPE } from '../attest/statement.ts'
import type { Ports } from '../ports.ts'

/** A repository on a forge, and the branch that builds are expected from. */
export interface Project {
  host: string
  /** `org/repo`, or `group/subgroup/project`. */
  path: string
  branch: string
}

const DEFAULT_BRANCH = 'main'

/**
 * The projects that the remotes of the git repository in `folder` lead to, `origin` first. None where there is no
 * repository, no remote or no git.
 *
 * @throws SeedError INTERRUPTED
 */
export async function readProjects(folder: string, ports: Ports): Promise<Project[]> {
  const remotes = (await git(['config', '--get-regexp', String.raw`^remote\..*\.url$`], folder, ports))
    .split('\n')
    .flatMap(line => {
      const [, name = '', url = ''] = /^remote\.(.*)\.url (.*)$/.exec(line) ?? []
      const place = parseRemote(url)
      return place ? [{ name, ...place }] : []
    })
    .sort((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'))
  const projects: Project[] = []
  for (const { name, host, path } of remotes) {
    const head = await git(['symbolic-ref', '--short', `refs/remotes/${name}/HEAD`], folder, ports)
    const branch = head.startsWith(`${name}/`) ? head.slice(name.length + 1).trim() : ''
    projects.push({ host, path, branch: /^[\w./-]+$/.test(branch) ? branch : DEFAULT_BRANCH })
  }
  return projects
}

async function git(args: readonly string[], folder: string, { env, signal }: Ports): Promise<string> {
  try {
    return (await run('git', args, { cwd: folder, env, signal })).stdout.toString()
  } catch (error) {
    const isAbsent = error instanceof SeedError && ['TOOL_MISSING', 'TOOL_FAILED'].includes(error.code)
    if (isAbsent) return ''
    throw error
  }
}

/**
 * Host and path of a remote's URL, in each of the ways in which git takes it. Users and passwords are left out; what is on
 * no other machine is undefined.
 */
export function parseRemote(url: string): { host: string; path: string } | undefined {
  const [, host, path] =
    /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url) ??
    /^(?:[^/@]*@)?([^/:]+):(?!\/\/)\/?(.+)$/.exec(url) ??
    []
  const plain = path?.replace(/\/+$/, '').replace(/\.git$/, '')
  if (host === undefined || plain === undefined || !/^[\w.-]+(?:\/[\w.-]+)+$/.test(plain)) return undefined
  return { host: host.toLowerCase(), path: plain }
}

/**
 * The text of a policy to start from. What is not known stands in angle brackets, which no reader of policies accepts: a
 * name that is guessed could belong to somebody else.
 */
export function policyStart(projects: readonly Project[]): string {
  const at = (host: string, path: string): Project =>
    projects.find(project => project.host === host) ?? { host, path, branch: DEFAULT_BRANCH }
  const { path: github, branch } = at('github.com', '<owner>/<repository>')
  const { path: gitlab, branch: gitlabBranch } = at('gitlab.com', '<group>/<project>')
  return `{
  "$schema": ${JSON.stringify(SCHEMA_ID)},

  // How many builders must have attested the same digest, and in what these must differ from each other. Also to be had:
  // "cloud", "operatorJurisdiction", "computeJurisdiction", "trustRoot", "repository".
  "threshold": ${DEFAULT_THRESHOLD},
  "dimensions": ["builder", "organisation", "issuer"],

  "predicateType": ${JSON.stringify(PROVENANCE_TYPE)},
  // "maximumAgeDays": 90,

  // What is refused unless it is allowed here.
  "allowSelfHosted": false,
  "allowSandboxOff": false,
  "allowSeveralSubjects": false,

  // A builder that attests two digests for one commit: "fail" lets nothing pass, "discount" ignores that builder.
  "equivocation": "fail",

  // Everybody whose word counts. Issuer and identity are compared as a whole, character by character;
  // \`nix-seed attestations IMAGE@DIGEST\` shows those of seeds that are signed already.
  "builders": [
    {
      "id": "github",
      "organisation": "Microsoft",
      "operatorJurisdiction": "US",
      "cloud": "Azure",
      "issuer": "https://token.actions.githubusercontent.com",
      // Repository, workflow and ref. Of a reusable workflow these are its own, so add
      // "repository": "https://github.com/OWNER/REPOSITORY" for that which is built.
      "identity": "https://github.com/${github}/.github/workflows/seed.yml@refs/heads/${branch}"
    },
    {
      "id": "gitlab",
      "organisation": "GitLab",
      "operatorJurisdiction": "US",
      "computeJurisdiction": "US",
      "cloud": "Google Cloud",
      "issuer": "https://gitlab.com",
      // Two slashes, then the file and the ref.
      "identity": "https://gitlab.com/${gitlab}//.gitlab-ci.yml@refs/heads/${gitlabBranch}"
    },
    {
      "id": "circleci",
      "organisation": "CircleCI",
      "operatorJurisdiction": "US",
      // The ids are in Organization Settings, and in Project Settings. CircleCI builds on more than one cloud.
      "issuer": "https://oidc.circleci.com/org/<organization id>",
      "identity": "https://circleci.com/api/v2/projects/<project id>/pipeline-definitions/<definition id>"
    }
    // A builder that signs with a key of its own has neither issuer nor identity:
    // { "id": "own", "organisation": "…", "publicKey": "own.pub" }
  ]
}
`
}
