export const SERVICE_NAMES = ['registry', 'crane-registry', 'dockerd', 'containerd'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]
