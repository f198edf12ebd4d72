/** The part of ncc that the build uses; it comes without types. */
declare module '@vercel/ncc' {
  export interface Module {
    identifier: string
    /** Path of the file, for modules that are one. */
    nameForCondition?: string
    /** The parts of a module that was joined from several. */
    modules?: Module[]
  }

  interface Options {
    cache: false
    quiet: boolean
    /** Modules that stay outside, and what is imported in their place. */
    externals: Readonly<Record<string, string>>
  }

  interface Result {
    code: string
    assets: Record<string, { source: string | Buffer }>
    stats: { toJson(options: Readonly<Record<string, boolean>>): { modules?: Module[] } }
  }

  export default function ncc(entry: string, options: Options): Promise<Result>
}
