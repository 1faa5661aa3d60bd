import { createContext, useContext } from 'react';
import type { Trunkline } from '../api/trunkline';
import type { Me, Settings } from '../api/types';

/** What every page of a signed-in person needs. */
export interface Services {
  api: Trunkline;
  me: Me;
  settings: Settings;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('useServices outside of ServicesContext');
  return services;
}
